"""An organisation's grid as a spreadsheet: download, upload, preview, apply."""
