//! A scripted OpenAI-compatible server and fixtures for the tests of every crate.
