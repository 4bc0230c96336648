//! Flow scripts: that the shipped ones load, that broken ones do not, and how they are drawn.

mod bad;
mod command;
mod coverage;
mod kept;
mod malformed;
mod manual;
mod pictures;
mod shipped;
mod ways_in;
