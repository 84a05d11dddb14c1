"""
Writes layouts.jsonl: for kinds of networks that transformers defines, what config.json says and which tensors are saved.
Needs torch and transformers, which are large: run by hand when a kind is added.

    python3 test/architectures/_write-layouts.py > test/architectures/layouts.jsonl
"""
import json
import re
import sys
import warnings

import torch
import transformers
from transformers.core_model_loading import revert_weight_conversion

warnings.filterwarnings("ignore")
transformers.logging.set_verbosity_error()
TYPES = {torch.float32: "F32", torch.int64: "I64", torch.bool: "BOOL"}
LAYERS = ("num_hidden_layers", "n_layer", "num_layers", "num_decoder_layers")
EXPERTS = ("num_experts", "num_local_experts", "n_routed_experts")
SMALL = {"hidden_size": 256, "n_embd": 256, "d_model": 256, "intermediate_size": 320, "ffn_dim": 320, "num_attention_heads": 8, "num_key_value_heads": 4, "n_head": 8, "num_heads": 8}
# What these do not say by default, and cannot do without.
FILLED = {"nemotron": {"num_key_value_heads": 8}, "hunyuan_v1_dense": {"num_key_value_heads": 8, "head_dim": 128}}
KINDS = {
    "AutoModelForCausalLM": "llama mistral ministral3 qwen2 qwen3 gemma gemma2 gemma3_text phi phi3 starcoder2 stablelm olmo olmo2 olmo3 granite cohere cohere2 nemotron exaone4 ernie4_5 arcee apertus glm glm4 hunyuan_v1_dense internlm3 persimmon seed_oss smollm3 hyperclovax cwm mixtral qwen2_moe qwen3_moe olmoe phimoe glm4_moe ernie4_5_moe minimax_m2 granitemoe flex_olmo gpt2 gpt_neox bloom gptj opt",
    "AutoModelForMaskedLM": "bert roberta xlm-roberta camembert electra ernie layoutlm data2vec-text megatron-bert roberta-prelayernorm xlm-roberta-xl distilbert",
    "AutoModelForSeq2SeqLM": "t5 mt5",
    "AutoModel": "llama qwen2 gpt2 bert roberta vit deit dinov2 dinov2_with_registers audio-spectrogram-transformer ijepa deepseek_v3 gpt_bigcode falcon mamba jamba llama4_text kimi_linear minicpm3 helium",
}


def layout(auto, kind, changes):
    config = transformers.AutoConfig.for_model(kind)
    known = config.to_dict()
    for key, value in FILLED.get(kind, {}).items():
        setattr(config, key, value)
        known[key] = value
    for key, value in changes.items():
        if isinstance(known.get(key), int):
            setattr(config, key, value)
    for key in EXPERTS:
        if isinstance(getattr(config, key, None), int):
            setattr(config, key, 4)
    if "layer_types" in known and known["layer_types"]:
        config.layer_types = list(config.layer_types)[: config.num_hidden_layers]
    with torch.device("meta"):
        model = getattr(transformers, auto).from_config(config)
        tied = set(model.all_tied_weights_keys)
        saved = revert_weight_conversion(model, {name: value for name, value in model.state_dict().items() if name not in tied})
    model.config.architectures = [type(model).__name__]
    tensors = [[name, TYPES[value.dtype], list(value.shape)] for name, value in saved.items()]
    return {"config": json.loads(model.config.to_json_string(use_diff=True)), "tensors": gathered(tensors)}


def gathered(tensors):
    """Names that differ in one number only, and otherwise in nothing: the number becomes a range."""
    groups = {}
    for name, dtype, shape in tensors:
        match = re.search(r"\.(\d+)\.", name)
        pattern = name if match is None else name[: match.start(1)] + "*" + name[match.end(1):]
        groups.setdefault((pattern, dtype, tuple(shape)), []).append((name, None if match is None else int(match.group(1))))
    rows = []
    for (pattern, dtype, shape), members in groups.items():
        numbers = sorted(number for _, number in members if number is not None)
        if len(numbers) > 1 and numbers == list(range(numbers[0], numbers[-1] + 1)):
            rows.append([pattern.replace("*", f"{{{numbers[0]}-{numbers[-1]}}}"), dtype, list(shape)])
        else:
            rows += [[name, dtype, list(shape)] for name, _ in members]
    return rows


found = []
for auto, kinds in KINDS.items():
    for kind in kinds.split():
        for name, changes in {"published": dict.fromkeys(LAYERS, 4), "small": {**SMALL, **dict.fromkeys(LAYERS, 2)}}.items():
            try:
                found.append({"kind": kind, "class": auto, "sizes": name, **layout(auto, kind, changes)})
            except Exception as error:
                print(kind, auto, name, repr(error)[:200], file=sys.stderr)
for entry in found:
    print(json.dumps(entry, separators=(",", ":")))
