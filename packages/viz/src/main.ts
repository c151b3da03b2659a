import './style.css';
import { startApp } from './app.ts';

const root = document.getElementById('app');
if (root === null) throw new Error('the page has no #app');
startApp(root);
