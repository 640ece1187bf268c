"""What every door needs: Django apps, low to high, each importing only lower ones."""
