from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "sala.kernel.keys"
    label = "keys"

    def ready(self) -> None:
        """Let audit sign its checkpoints."""
        from sala.kernel.audit.interface import set_checkpoint_signer
        from sala.kernel.keys.purposes import AUDIT
        from sala.kernel.keys.signing import note_signer, note_verifiers

        set_checkpoint_signer(
            lambda name: note_signer(AUDIT, name), verifiers=lambda name: note_verifiers(AUDIT, name)
        )
