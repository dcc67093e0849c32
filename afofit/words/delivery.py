"""What is checked when the brace is handed over; ticked by hand on the sheet."""

CHECKS = (
    "Heel seated, down and back",
    "Top edge clear of the fibular neck",
    "Two fingers free behind the knee when sitting",
    "Malleoli and navicular clear",
    "Pelvis level, standing in both shoes",
    "Skin looked at after 10–15 minutes of walking",
    "Donning shown, and shown back",
)
MEASURED = ("Ankle as made", "Ankle in the shoe", "Review on")
EXPLAINED = "Most finished braces miss the planned angle by more than 2°: measure it with an inclinometer."
