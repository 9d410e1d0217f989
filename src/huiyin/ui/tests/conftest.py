from huiyin.ui.tests.browser import chromium, chromium_process

__all__ = ["chromium", "chromium_process"]
