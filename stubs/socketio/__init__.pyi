from socketio.client import Client as Client
