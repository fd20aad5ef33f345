//! Steps to judgments: which step first asserts the right answer; one judge a file.
