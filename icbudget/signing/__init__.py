"""Signatures under a plan: what is signed, with which key, and whether it still holds.

`statement` says in pounds what somebody signs; `ed25519` makes and checks signatures, the only
place that needs the library `cryptography`; `standing` says which signatures hold, and
`plan_state` how far the plan has come. Source: joint.md §6.
"""
