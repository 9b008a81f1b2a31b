# To be saved as config.py beside main.py.
WIFI_NAME = "field"
WIFI_PASSWORD = "XXXXXXXX"
HOST = "gateway.example.org"
PORT = 1883
DEVICE = "pump-17"
KEY = "XXXXXXXXXXXXXXXXXXXXXX"  # of the heartbeat pump-17; None where the gateway is open
EVERY = 600  # seconds between two beats
