//! Behaviour tests, in one binary.
