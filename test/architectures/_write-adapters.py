"""
Writes adapters.jsonl: what PEFT saves for small bases, with the tensors of those. Needs torch, transformers and peft: run by hand.

    python3 test/architectures/_write-adapters.py > test/architectures/adapters.jsonl
"""
import glob
import json
import tempfile

import peft
import torch
import transformers
from safetensors import safe_open

SIZES = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 8, "num_key_value_heads": 2, "vocab_size": 128}


def llama():
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(**SIZES, tie_word_embeddings=False))


def gpt2():
    return transformers.GPT2LMHeadModel(transformers.GPT2Config(n_embd=64, n_layer=2, n_head=4, vocab_size=128, bos_token_id=0, eos_token_id=0))


def mixtral():
    return transformers.MixtralForCausalLM(transformers.MixtralConfig(**{**SIZES, "num_hidden_layers": 1}, num_local_experts=4))


def inner():
    return transformers.LlamaModel(transformers.LlamaConfig(**SIZES))


def lora(**options):
    return peft.LoraConfig(r=4, **options)


CASES = {
    "two projections": (llama, lora(target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")),
    "all linear modules": (llama, lora(target_modules="all-linear", task_type="CAUSAL_LM")),
    "a pattern": (llama, lora(target_modules=r".*\.layers\.1\..*(up|down)_proj")),
    "magnitudes": (llama, lora(use_dora=True, target_modules=["q_proj", "down_proj"])),
    "an embedding": (llama, lora(target_modules=["embed_tokens", "q_proj"])),
    "whole modules": (llama, lora(target_modules=["k_proj"], modules_to_save=["lm_head", "embed_tokens"])),
    "another rank": (llama, lora(target_modules=["q_proj", "v_proj"], rank_pattern={"layers.1.self_attn.q_proj": 8})),
    "biases": (llama, lora(bias="all", lora_bias=True, use_rslora=True, target_modules=["q_proj"])),
    "GPT-2": (gpt2, lora(target_modules=["c_attn", "c_proj"], fan_in_fan_out=True)),
    "all of GPT-2": (gpt2, lora(target_modules="all-linear")),
    "some layers": (llama, lora(target_modules=["q_proj"], layers_to_transform=[1])),
    "experts": (mixtral, lora(target_modules=["q_proj"], target_parameters=["mlp.experts.gate_up_proj", "mlp.experts.down_proj"])),
    "an inner network": (inner, lora(target_modules=["q_proj"])),
    "tokens": (llama, lora(target_modules=["q_proj"], trainable_token_indices=[1, 2])),
    "AdaLoRA": (llama, peft.AdaLoraConfig(total_step=10, target_modules=["q_proj"])),
    "IA3": (llama, peft.IA3Config(target_modules=["k_proj", "down_proj"], feedforward_modules=["down_proj"])),
}

for title, (make, config) in CASES.items():
    base = make()
    tensors = [[name, "F32", list(value.shape)] for name, value in base.state_dict().items()]
    adapter = peft.get_peft_model(base, config)
    with tempfile.TemporaryDirectory() as folder:
        adapter.save_pretrained(folder)
        with open(f"{folder}/adapter_config.json") as file:
            saved = json.load(file)
        with safe_open(glob.glob(f"{folder}/*.safetensors")[0], "pt") as file:
            own = [[name, "F32", file.get_slice(name).get_shape()] for name in file.keys()]
    print(json.dumps({"title": title, "base": tensors, "config": saved, "tensors": own}, separators=(",", ":")))
