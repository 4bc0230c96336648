bad-way-1 = Number 1
bad-way-2 = Number 2
bad-way-3 = Number 3
bad-way-4 = Number 4
bad-way-5 = Number 5
bad-way-6 = Number 6
