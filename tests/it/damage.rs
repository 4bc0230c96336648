//! Power cuts, flipped bits, full disks, clocks set wrong, formats of before: what was acknowledged stays, or is reported.

mod after;
mod backup;
pub(crate) mod child;
mod clocks;
mod cut;
mod flips;
mod full;
mod looking;
mod pack;
mod previous;
mod rekeyed;
mod rotation;
mod subjects;
