/**
 * The console's beginning: puts the page into the document.
 */
import { render } from 'preact';
import { App } from './app.js';

const root = document.getElementById('app');
if (root) render(<App />, root);
