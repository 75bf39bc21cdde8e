"""What turns a draft into bytes that leave: templates, the guarded renderer, the mail account, the ways out."""
