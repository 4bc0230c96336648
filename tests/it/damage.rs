//! Power cuts, flipped bits, full disks, clocks set wrong, formats of before: what was acknowledged stays, or is reported.

pub(crate) mod child;
mod cut;
mod flips;
mod full;
mod pack;
mod previous;
mod subjects;
