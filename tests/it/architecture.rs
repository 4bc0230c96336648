//! Rules about the tree itself: which way imports point, and what every file owes its reader.

mod imports;
mod source;
mod tidy;
