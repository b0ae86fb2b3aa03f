"""What other organisations say of a published revision: reviews, and the official reply."""
