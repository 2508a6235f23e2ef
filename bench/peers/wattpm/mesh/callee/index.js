import '../../../../apps/callee/index.js'
