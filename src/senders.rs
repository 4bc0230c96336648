//! Ways to a registered address: mail by SMTP, text messages by HTTP hook; and one that keeps everything, for the demo.

pub mod capture;
pub mod http_hook;
pub mod smtp;
pub mod text_hook;
