bad-assist = Help
