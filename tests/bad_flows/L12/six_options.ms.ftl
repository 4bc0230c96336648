bad-way-1 = Nombor 1
bad-way-2 = Nombor 2
bad-way-3 = Nombor 3
bad-way-4 = Nombor 4
bad-way-5 = Nombor 5
bad-way-6 = Nombor 6
