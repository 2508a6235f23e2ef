// It never starts.
throw new Error('chaos: it dies at every start')
