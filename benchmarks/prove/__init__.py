"""How long does the proof of a schedule take, and does it find a single illegal minute wherever one is planted?"""
