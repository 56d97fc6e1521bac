/* Takes the place of a worker that a built site left at this address, and goes. */
addEventListener('install', () => skipWaiting());
addEventListener('activate', event => event.waitUntil(registration.unregister()));
