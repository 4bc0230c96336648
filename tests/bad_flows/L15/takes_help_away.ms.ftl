bad-assist = Pertolongan segera
