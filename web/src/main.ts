/** Starts the client: reads the address, joins the parts, puts the first screen up. */

import { mount } from 'svelte';
import { startClient } from './start';
import App from './ui/App.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has an element #app');
mount(App, { target, props: { client: startClient() } });
