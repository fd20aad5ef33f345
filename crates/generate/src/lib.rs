//! Problems to generations: ask a model, or take recorded replies, and tell thinking from answer.
