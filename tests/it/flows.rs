//! Flow scripts: that the shipped ones load, that broken ones do not, and how they are drawn.

mod bad;
mod kept;
mod shipped;
mod ways_in;
