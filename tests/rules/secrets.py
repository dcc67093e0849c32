def compared(sent, kept, row):
    # ruleid: secret-compared-letter-by-letter
    if sent.token == kept.token:
        return True
    # ruleid: secret-compared-letter-by-letter
    if request.form["setup_code"] != settings.setup_code:
        return False
    # ok: secret-compared-letter-by-letter
    if compare_digest(sent.token, kept.token):
        return True
    # ok: secret-compared-letter-by-letter
    query = select(KeyRow).where(KeyRow.token_hash == hashed(sent.token))
    # ok: secret-compared-letter-by-letter
    return registration.method == "client_secret_basic"


def made():
    # ruleid: secret-from-a-weak-source
    number = random.randint(0, 999_999)
    # ruleid: secret-from-a-weak-source
    return uuid1(), hashlib.sha256(number)


def good():
    # ok: secret-from-a-weak-source
    return secrets.token_urlsafe(32), uuid4(), hashlib.sha256(b"")


# ruleid: encryption-outside-the-vault
from cryptography.fernet import Fernet

# ok: encryption-outside-the-vault
from afofit.store.secrecy import Vault


def claims(text, key):
    # ruleid: signature-not-checked
    jwt.decode(text, options={"verify_signature": False})
    # ruleid: signature-not-checked
    jwt.decode(text, key)
    # ruleid: signature-not-checked
    jwt.decode(text, key, algorithms=["ES384", "none"])
    # ok: signature-not-checked
    jwt.decode(text, key, algorithms=["ES384"], audience="us")


def settings():
    # ruleid: setting-read-elsewhere
    os.environ["AFOFIT_SECRET_KEY"]
    # ruleid: setting-read-elsewhere
    os.getenv("AFOFIT_SECRET_KEY")
    # ok: setting-read-elsewhere
    return settings().secret_key
