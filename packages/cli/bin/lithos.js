#!/usr/bin/env node
// Is there before the build, so that `npm ci` can link the command to it.
import '../dist/main.js';
