"""Tables, HTML pages and Markdown documents, whatever they report on."""
