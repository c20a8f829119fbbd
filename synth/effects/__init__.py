"""What happens to a picture on its way: light, paper, lenses, sensors, scanners, screens."""
