"""Train the model from a folder of texts: reproducible, resumable, on one processor.

Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/) for the matrices inside the layers, AdamW for the
table; many small steps; the rate stays flat for a quarter of the run and then falls linearly to zero. Weight decay
keeps queries and keys from growing until attention is all or nothing. The same folder, seed and settings give the same
weights on the same machine and PyTorch.
"""

import json
import math
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from soakup.model import corpus as corpora
from soakup.model import weights
from soakup.model.errors import ModelError
from soakup.model.growth import grown
from soakup.model.lstm import LSTM, LSTMConfig
from soakup.model.tokenizer import Tokenizer
from soakup.model.transformer import Config, Transformer
from soakup.model.windows import Windows

UNSEEN = (
    "e-nesbit-the-railway-children",
    "george-macdonald-the-princess-and-curdie",
    "l-frank-baum-the-sea-fairies",
)


@dataclass(frozen=True)
class Settings:
    """How to train. `tokens` is how many are read in all; the rest is as the module's docstring says."""

    tokens: int = 16_000_000
    batch: int = 8
    matrix_rate: float = 0.006
    matrix_decay: float = 0.15
    table_rate: float = 2.5e-3
    decay_from: float = 0.25
    openings: float = 0.25  # share of windows that begin a paragraph
    returns: float = 0.15  # share of windows in which a passage comes back
    part: float = 1.0  # share of the training text that is read at all
    seed: int = 0
    threads: int = 1
    evaluate_every: int = 1000  # steps
    unseen: tuple[str, ...] = UNSEEN


def bits_per_byte(
    model: Transformer | LSTM,
    ids: np.ndarray,
    byte_count: int,
    bos: int,
    most: int | None = None,
    window: int | None = None,
) -> float:
    """Mean bits the model needs per byte of text: cross-entropy over windows that do not overlap, BOS before each.

    `ids` are the text's tokens and `byte_count` its length in UTF-8; `most` limits how many windows are read, and then
    the bytes are taken in proportion. A window is as long as the model's context, or `window` tokens.
    """
    context = window or model.config.context
    windows = math.ceil(len(ids) / context)
    chosen = range(windows) if most is None or most >= windows else np.linspace(0, windows - 1, most).astype(int)
    nats, read = 0.0, 0
    with torch.no_grad():
        for i in chosen:
            target = torch.from_numpy(ids[i * context : (i + 1) * context].astype(np.int64))
            tokens = torch.cat((torch.tensor([bos]), target[:-1]))[None]
            logits = model(tokens).logits[0].float()
            nats += F.cross_entropy(logits, target, reduction="sum").item()
            read += len(target)
    return nats / math.log(2) / (byte_count * read / len(ids))


def train(
    folder: Path,
    run: Path,
    config: Config | LSTMConfig,
    settings: Settings,
    progress: Callable[[int, int, dict], None] = lambda step, steps, latest: None,
    begin: Path | None = None,
) -> Path:
    """Train into the folder `run` and return the path of the finished weights.

    `begin` is the folder of a trained model to begin with, whose tokenizer stays; `config` may be wider, see growth.py.
    `run` gets tokenizer.json, checkpoint.pt (to resume from), log.jsonl and, at the end, weights.safetensors.
    `progress` is told the step, how many there are, and the last line of the log, at first and after every step.
    Raises ModelError, in one sentence, where the folder, the settings or an earlier run in `run` do not allow it.
    """
    steps = settings.tokens // (settings.batch * config.context)
    _check(config, settings, steps)
    texts = corpora.read(folder, settings.unseen, settings.part)
    log, checkpoint = run / "log.jsonl", run / "checkpoint.pt"
    if checkpoint.exists():
        _check_same_run(log, config, settings)
    try:
        run.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(f"cannot train into {run}: {error.strerror}") from None
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)

    first = None if begin is None else weights.open_weights(begin / "weights.safetensors")
    if begin is not None and not (run / "tokenizer.json").exists():
        Tokenizer.open(begin / "tokenizer.json").save(run / "tokenizer.json")
    if (run / "tokenizer.json").exists():
        tokenizer = Tokenizer.open(run / "tokenizer.json")
    else:
        tokenizer = Tokenizer.train(texts.training, config.vocabulary)
        tokenizer.save(run / "tokenizer.json")
    if tokenizer.size > config.vocabulary:
        raise ModelError(f"{run / 'tokenizer.json'} has {tokenizer.size} tokens, more than {config.vocabulary}")
    ids = corpora.token_ids(texts.training, tokenizer)
    if len(ids) <= config.context:
        raise ModelError(f"{folder} holds {len(ids)} tokens of text, too few to fill a window of {config.context}")
    held_out, unseen = (
        (corpora.token_ids(part, tokenizer), sum(len(text.encode()) for text in part))
        for part in (texts.held_out, texts.unseen)
    )

    model: Transformer | LSTM
    if isinstance(config, LSTMConfig):
        model = LSTM(config)
    else:
        model = Transformer(config) if first is None else grown(first, config, settings.seed)
    matrices = model.matrices()
    chosen = {id(p) for p in matrices}
    rest = [p for p in model.parameters() if id(p) not in chosen]
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(rest, lr=settings.table_rate, betas=(0.9, 0.95), weight_decay=0.0)
    ]
    if matrices:
        optimizers.insert(0, torch.optim.Muon(matrices, lr=settings.matrix_rate, weight_decay=settings.matrix_decay))
    base_rates = [settings.matrix_rate, settings.table_rate][-len(optimizers) :]

    def loss_of(tokens: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(tokens).logits  # (B, T, V)
        return F.cross_entropy(logits.float().flatten(0, 1), targets.flatten())

    # Compiling needs a C++ compiler; without one the same steps are taken more slowly.
    compiler = any(shutil.which(name) for name in (os.environ.get("CXX", "g++"), "clang++"))
    fast_loss = torch.compile(loss_of, dynamic=False) if compiler else loss_of
    windows = Windows(ids, config.context, tokenizer, settings.openings, settings.returns, settings.seed)
    step, spent = 0, 0.0
    latest: dict = {}
    if checkpoint.exists():
        try:
            state = torch.load(checkpoint, weights_only=True)
        except Exception:  # noqa: BLE001 - PyTorch raises nothing narrower
            raise ModelError(f"{checkpoint} is damaged: delete it to train from the start") from None
        model.load_state_dict(state["model"])
        for optimizer, saved in zip(optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        step, spent = state["step"], state["spent"]
        windows.go_on_from(state["draw"])
        kept = [line for line in log.read_text().splitlines() if json.loads(line).get("step", 0) <= step]
        log.write_text("".join(line + "\n" for line in kept))
        latest = json.loads(kept[-1])
    else:
        parameters = sum(p.numel() for p in model.parameters())
        about = {
            "config": config.as_dict(),
            "settings": asdict(settings),
            "parameters": parameters,
            "training_tokens": len(ids),
            "training_bytes": sum(len(text.encode()) for text in texts.training),
            "held_out_bytes": held_out[1],
            "unseen_bytes": unseen[1],
            "torch": torch.__version__,
        }
        if first is not None:
            about["begun_with"] = {"config": first.config, "sha256": first.fingerprint}
        log.write_text(json.dumps(about) + "\n")

    def evaluate(most: int | None) -> dict:
        model.eval()
        result = {
            f"{name}_bits_per_byte": bits_per_byte(model, *part, tokenizer.bos, most) if len(part[0]) else None
            for name, part in (("held_out", held_out), ("unseen", unseen))
        }
        model.train()
        return result

    progress(step, steps, latest)
    started, losses = time.monotonic(), []
    while step < steps:
        share = step / steps
        fall = 1.0 if share < settings.decay_from else (1 - share) / (1 - settings.decay_from)
        for optimizer, rate in zip(optimizers, base_rates, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = rate * fall
        targets = torch.from_numpy(windows.draw(settings.batch))  # (B, T)
        tokens = torch.cat((torch.full((settings.batch, 1), tokenizer.bos), targets[:, :-1]), dim=1)  # (B, T)
        loss = fast_loss(tokens, targets)
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
        step += 1
        if step % 100 == 0 or step == steps:
            latest = {"step": step, "tokens": step * settings.batch * config.context, "loss": float(np.mean(losses))}
            losses = []
            if step % settings.evaluate_every == 0 or step == steps:
                latest |= evaluate(most=None if step == steps else 200)
                latest["seconds"] = round(spent + time.monotonic() - started, 1)
            with log.open("a") as file:
                file.write(json.dumps(latest) + "\n")
            if step % settings.evaluate_every == 0 or step == steps:
                state = {
                    "model": model.state_dict(),
                    "optimizers": [optimizer.state_dict() for optimizer in optimizers],
                    "step": step,
                    "spent": spent + time.monotonic() - started,
                    "draw": windows.state(),
                }
                beside = checkpoint.with_suffix(".part")
                torch.save(state, beside)
                beside.replace(checkpoint)
        progress(step, steps, latest)
    return weights.save(model, tokenizer, run / "weights.safetensors")


def _check(config: Config | LSTMConfig, settings: Settings, steps: int) -> None:
    if not hasattr(torch.optim, "Muon"):
        raise ModelError(f"training needs the Muon optimizer of PyTorch 2.9 or newer, and this is {torch.__version__}")
    if isinstance(config, Config) and config.width % (2 * config.heads):
        raise ModelError(f"a width of {config.width} cannot be shared by {config.heads} heads of even width")
    if not 256 < config.vocabulary <= 65536:
        raise ModelError(f"a vocabulary holds 257 to 65,536 tokens, not {config.vocabulary:,}")
    if steps < 1:
        raise ModelError(f"{settings.tokens:,} tokens are fewer than one step of {settings.batch} × {config.context}")


def _check_same_run(log: Path, config: Config | LSTMConfig, settings: Settings) -> None:
    """A checkpoint goes on only as it began: otherwise its log would say what is not so."""
    begun = json.loads(log.read_text().splitlines()[0])
    now = json.loads(json.dumps({**config.as_dict(), **asdict(settings)}))
    before = {**begun["config"], **begun["settings"]}
    for name, value in now.items():
        if before.get(name) != value and name not in ("threads", "evaluate_every"):
            raise ModelError(
                f"{log.parent} holds a training begun with {name} = {before.get(name)}, not {value}: go on with that, "
                "or train into another folder"
            )
