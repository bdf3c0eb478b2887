"""The scenes: each an ordinary Manim scene, told from a Trace.

from soakup.scenes import LayerByLayer

class Mine(LayerByLayer):
    text = "The old king gave his youngest daughter a small golden key"
"""

from soakup.scenes.attention_formula import AttentionFormula
from soakup.scenes.attention_pattern import AttentionPattern
from soakup.scenes.attention_story import AttentionStory
from soakup.scenes.layer_by_layer import LayerByLayer
from soakup.scenes.multi_head import MultiHead
from soakup.scenes.queries_and_keys import QueriesAndKeys
from soakup.scenes.scene import TraceScene
from soakup.scenes.values import Values

SCENES: dict[str, type[TraceScene]] = {
    "layer-by-layer": LayerByLayer,
    "queries-and-keys": QueriesAndKeys,
    "attention-pattern": AttentionPattern,
    "values": Values,
    "multi-head": MultiHead,
    "attention-formula": AttentionFormula,
    "attention": AttentionStory,
}

__all__ = [
    "SCENES",
    "AttentionFormula",
    "AttentionPattern",
    "LayerByLayer",
    "MultiHead",
    "QueriesAndKeys",
    "TraceScene",
    "Values",
]
