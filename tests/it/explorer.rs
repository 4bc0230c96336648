//! A second judge of flow sets: it mutates the shipped ones and walks whatever loads with the engine itself, without the
//! lints and without the graph that they prove on.
//!
//! `mutants` changes scripts, `world` is a person who may do anything, `shape` says when two situations are the same,
//! `walk` searches them all breadth first, `judged` holds the verdicts.

mod judged;
mod mutants;
mod shape;
mod walk;
mod world;
