//! The evaluated model's tokenizer: one exact encoding of a text, counted per span.
