"""Trains tokenizers of every kind, or says which files of a list its library loads, with what facts."""
import base64
import io
import json
import os
import sys

import sentencepiece
import tokenizers
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors, trainers

TEXT = [
    "the quick brown fox jumps over the lazy dog",
    "a waybill is the document that travels with the goods",
    "what they are, where they came from, who answers for them, who has signed",
    "weights, code, environment, data and lineage in one artifact: 1234567890",
    "Grüße aus München, déjà vu, 北京, 東京, ёлка",
] * 4
SPECIAL = ["<unk>", "<s>", "</s>", "[CLS]", "[SEP]"]


def step(module, name, *words, **options):
    return getattr(module, name)(*words, **options)


def train(folder):
    def save(name, tokenizer, trainer=None):
        if trainer is not None:
            tokenizer.train_from_iterator(TEXT, trainer)
        tokenizer.save(os.path.join(folder, name + ".json"))

    byte_pairs = tokenizers.Tokenizer(models.BPE(unk_token=None))
    byte_pairs.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(tokenizers.Regex(r"(?i:'s|'t)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s+(?!\S)|\s+"), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    byte_pairs.decoder = decoders.ByteLevel()
    byte_pairs.post_processor = processors.ByteLevel(trim_offsets=False)
    byte_pairs.add_special_tokens(["<|endoftext|>"])
    byte_pairs.add_tokens(["added"])
    save("byte-level", byte_pairs, trainers.BpeTrainer(vocab_size=300, special_tokens=SPECIAL, show_progress=False))

    metaspace = tokenizers.Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True, dropout=0.1))
    metaspace.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    metaspace.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    metaspace.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A </s> $B:1", special_tokens=[("<s>", 1), ("</s>", 2)])
    metaspace.enable_truncation(128)
    metaspace.enable_padding(pad_id=0, pad_token="<unk>", length=16)
    save("metaspace", metaspace, trainers.BpeTrainer(vocab_size=120, special_tokens=SPECIAL, show_progress=False))

    word_piece = tokenizers.Tokenizer(models.WordPiece(unk_token="<unk>"))
    word_piece.normalizer = normalizers.BertNormalizer(lowercase=True)
    word_piece.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    word_piece.decoder = decoders.WordPiece()
    word_piece.post_processor = processors.BertProcessing(("[SEP]", 4), ("[CLS]", 3))
    save("word-piece", word_piece, trainers.WordPieceTrainer(vocab_size=110, special_tokens=SPECIAL, show_progress=False))
    word_piece.model.save(folder)

    unigram = tokenizers.Tokenizer(models.Unigram())
    unigram.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), normalizers.StripAccents(), normalizers.Strip()])
    unigram.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    unigram.decoder = decoders.Metaspace()
    save("unigram", unigram, trainers.UnigramTrainer(vocab_size=90, special_tokens=SPECIAL, unk_token="<unk>", show_progress=False))

    level = tokenizers.Tokenizer(models.WordLevel(unk_token="<unk>"))
    level.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.Lowercase()])
    level.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation(), pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.CharDelimiterSplit("|"), pre_tokenizers.UnicodeScripts(), pre_tokenizers.Whitespace(),
    ])
    level.decoder = decoders.CTC()
    level.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 1))
    save("word-level", level, trainers.WordLevelTrainer(special_tokens=SPECIAL, show_progress=False))

    gpt = tokenizers.ByteLevelBPETokenizer()
    gpt.train_from_iterator(TEXT, vocab_size=300, show_progress=False)
    gpt.save_model(folder, "gpt")

    for kind in ("unigram", "bpe", "char", "word"):
        model = io.BytesIO()
        more = {"byte_fallback": True, "vocab_size": 350, "user_defined_symbols": ["<sep>", "<x>"]} if kind == "bpe" else {"vocab_size": 60}
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(TEXT), model_writer=model, model_type=kind, hard_vocab_limit=False, minloglevel=2,
            normalization_rule_name={"word": "nmt_nfkc", "char": "nfkc_cf"}.get(kind, "identity"), **more)
        with open(os.path.join(folder, kind + ".model"), "wb") as file:
            file.write(model.getvalue())


def describe(name, content):
    if name.endswith(".json"):
        tokenizer = tokenizers.Tokenizer.from_str(content.decode())
        ids = tokenizer.get_vocab(with_added_tokens=True).values()
        return {"kind": type(tokenizer.model).__name__, "size": tokenizer.get_vocab_size(with_added_tokens=False), "end": max(ids, default=-1) + 1}
    model = sentencepiece.SentencePieceProcessor(model_proto=content)
    return {"size": model.get_piece_size()}


if sys.argv[1] == "train":
    train(sys.argv[2])
else:
    for line in sys.stdin:
        name, content = json.loads(line)
        try:
            print(json.dumps(describe(name, base64.b64decode(content))), flush=True)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # A panic of Rust is no Exception.
            print(json.dumps({"refused": str(error)[:200]}), flush=True)
