bad-offer = Tanya mereka.
