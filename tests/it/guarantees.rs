//! What is promised with a number, proven by tests whose names begin with that number and which print the figure.

mod alike;
mod canaries;
mod codes;
mod down;
mod truth;
