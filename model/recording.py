"""One forward pass of the Hugging Face library, watched: everything the modules of its layers read and write.

Inputs and outputs of linear modules are caught by hooks. What attention itself does is caught where the library lets
anyone register an attention of their own: ours hands over to the architecture's eager one and keeps what went in and
came out, so that the numbers are the library's.
"""

import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from transformers import AutoModel, AutoModelForCausalLM, PreTrainedModel
from transformers.masking_utils import AttentionMaskInterface, eager_mask
from transformers.modeling_utils import AttentionInterface
from transformers.utils import logging

from soakup.model.errors import ModelError
from soakup.model.families import Family, expand
from soakup.model.model import Computed
from soakup.model.weights import Array, Norm, first_line

if TYPE_CHECKING:
    from soakup.model.pretrained import Pretrained

EAGER = "soakup_eager"


class Heads:
    """What attention did in the layers of the pass that is being watched."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []


_watched: list[Heads] = []


def _attention(module: torch.nn.Module, query: Tensor, key: Tensor, value: Tensor, mask: Any, **how: Any) -> Any:
    """The eager attention of the architecture that `module` belongs to, watched."""
    eager = sys.modules[type(module).__module__].eager_attention_forward
    output, pattern = eager(module, query, key, value, mask, **how)
    scale = how.get("scaling")
    for heads in _watched:
        heads.seen.append(
            {
                "queries": query[0],
                "keys": key[0],
                "scale": query.shape[-1] ** -0.5 if scale is None else scale,
                "pattern": pattern[0],
            }
        )
    return output, pattern


AttentionInterface.register(EAGER, _attention)
AttentionMaskInterface.register(EAGER, eager_mask)


def load(name: str, folder: Path, family: Family) -> PreTrainedModel:
    """The library's model, whole, in float32, with eager attention. Raises ModelError where it is not all there."""
    of_kind = AutoModel if family.kind == "encoder" else AutoModelForCausalLM
    try:
        with quiet():
            model, about = of_kind.from_pretrained(
                folder,
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                dtype=torch.float32,
                attn_implementation="eager",
                ignore_mismatched_sizes=True,  # they are refused below, by name
                output_loading_info=True,
            )
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - the library raises whatever its parts do
        raise ModelError(f"the library cannot open {name} in {folder} ({first_line(error)})") from None
    missing = [key for key in about["missing_keys"] if "pooler" not in key]  # which nothing here reads
    if missing or about["mismatched_keys"]:
        what = min(missing or [key[0] for key in about["mismatched_keys"]])
        raise ModelError(f"the weights in {folder} do not fit its config.json: {what!r} is missing or of another shape")
    for parameter, tensor in model.named_parameters():
        if not torch.isfinite(tensor).all():
            raise ModelError(f"{folder}: the weights {parameter!r} hold a value that is not a finite number")
    if model.config._attn_implementation != "eager":
        raise ModelError(f"the library gives {name} no eager attention, without which its patterns are not to be seen")
    model.set_attn_implementation(EAGER)
    return model.eval().requires_grad_(False)


@contextmanager
def quiet() -> Iterator[None]:
    """The library's progress bars and advice are for its developers."""
    level = logging.get_verbosity()
    logging.set_verbosity(logging.CRITICAL)
    try:
        with redirect_stderr(io.StringIO()):
            yield
    finally:
        logging.set_verbosity(level)


def record(model: PreTrainedModel, card: "Pretrained", ids: Sequence[int]) -> Computed:
    """Run the model over token ids and keep everything.

    Raises ModelError where the library does not show all that a Trace holds, or a token has seen what comes later.
    """
    family, L = card.weights.family, card.layers
    heads, kept = Heads(), _Kept()
    layers = [model.get_submodule(family.layer.format(number)) for number in range(L)]
    with ExitStack() as watching:
        for number, layer in enumerate(layers):
            watching.enter_context(kept.around(layer, (number, "layer")))
            watched = {*family.projections, family.output, family.up, family.down}
            for name in watched | {norm for norm in (family.attention_norm, family.mlp_norm) if norm}:
                watching.enter_context(kept.around(layer.get_submodule(name), (number, name)))
        if family.final_norm:
            watching.enter_context(kept.around(model.get_submodule(family.final_norm), "final"))
        watching.callback(_watched.remove, heads)
        _watched.append(heads)
        model.base_model(torch.tensor([list(ids)]), use_cache=False)
    if len(heads.seen) != L or any(seen["pattern"] is None for seen in heads.seen):
        raise ModelError(f"the library shows the attention of {len(heads.seen)} of the {L} layers of {card.name}")
    arrays = [_layer(card, kept, number, layer, heads.seen[number]) for number, layer in enumerate(layers)]
    if family.kind == "decoder" and any(np.triu(layer["pattern"], 1).any() for layer in arrays):
        raise ModelError(f"in {card.name} a token looks at later ones, which no decoder that can be shown here does")
    final = kept.outputs["final"] if family.final_norm else arrays[-1]["residual"]
    return Computed(kept.inputs[0, "layer"], arrays, final)


def _layer(
    card: "Pretrained", kept: "_Kept", number: int, layer: torch.nn.Module, seen: dict[str, Any]
) -> dict[str, Array]:
    """All arrays of one layer, named and shaped as in the Trace."""
    family = card.weights.family
    T, d, H, k = len(seen["pattern"][0]), card.width, card.heads, card.head_width
    G = card.weights.key_heads

    def split(parts: list[Array]) -> tuple[Array, Array, Array]:
        """Queries, keys and values (H·k, …), from what one fused module or three give, features first."""
        queries, keys, values = parts if len(parts) == 3 else family.split(parts[0], H, G, k)
        return queries, expand(keys, H, k), expand(values, H, k)

    def by_head(features: Array) -> Array:
        """(H·k, T) → (H, T, k)."""
        return features.reshape(H, k, T).transpose(0, 2, 1)

    projections = [layer.get_submodule(name) for name in family.projections]
    biases = [None if p.bias is None else _array(p.bias) for p in projections]
    queries, keys, values = split([kept.outputs[number, name].T for name in family.projections])
    value_bias = np.zeros(H * k, np.float32)
    if all(bias is not None for bias in biases):
        value_bias = split([bias for bias in biases if bias is not None])[2]
    output = layer.get_submodule(family.output)
    W_O = _array(output.weight)
    bias = value_bias @ (W_O if family.transposed else W_O.T)
    if output.bias is not None:
        bias = bias + _array(output.bias)

    update = kept.outputs[number, family.output]
    scale = np.ones((T, d), np.float32)
    if family.attention_norm:
        norm = layer.get_submodule(family.attention_norm)
        gain = _array(norm.weight) + np.float32(family.gain_from_one)
        scale = Norm(card.weights.epsilon, gain=gain).scale(update)
        if bias.any():
            raise ModelError(f"{card.name} has biases in front of a norm, and what they add cannot be told apart")
        update = kept.outputs[number, family.attention_norm]
    pattern, turned = _array(seen["pattern"]), _array(seen["queries"])
    turned_keys = np.repeat(_array(seen["keys"]), H // len(seen["keys"]), axis=0)
    return {
        "attention_input": kept.inputs[number, family.projections[0]],
        "projected_queries": by_head(queries),
        "projected_keys": by_head(keys),
        "queries": turned,
        "keys": turned_keys,
        "values": by_head(values - value_bias[:, None]),
        "score_scale": np.asarray(seen["scale"], np.float32),
        "scores": turned @ turned_keys.transpose(0, 2, 1) * np.float32(seen["scale"]),
        "pattern": pattern,
        "attention_bias": bias,
        "attention_scale": scale,
        "attention_update": update,
        "mlp_input": kept.inputs[number, family.up],
        "neurons": kept.inputs[number, family.down],
        "mlp_update": kept.outputs[number, family.mlp_norm or family.down],
        "residual": kept.outputs[number, "layer"],
    }


class _Kept:
    """What modules read and write during a pass, of the one text in the batch: (T, features)."""

    def __init__(self) -> None:
        self.inputs: dict[Any, Array] = {}
        self.outputs: dict[Any, Array] = {}

    @contextmanager
    def around(self, module: torch.nn.Module, name: Any) -> Iterator[None]:
        def before(_: torch.nn.Module, args: tuple, named: dict[str, Any]) -> None:
            self.inputs[name] = _array(_first(args) if args else named["hidden_states"])

        def after(_: torch.nn.Module, args: tuple, output: Any) -> None:
            self.outputs[name] = _array(_first(output))

        hooks = module.register_forward_pre_hook(before, with_kwargs=True), module.register_forward_hook(after)
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()


def _first(output: Any) -> Tensor:
    tensor = output[0] if isinstance(output, tuple) else output
    return tensor[0] if tensor.ndim == 3 else tensor


def _array(tensor: Any) -> Array:
    return tensor.detach().float().numpy().copy()
