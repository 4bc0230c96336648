bad-again = Cuba lagi
