// The groups of checks in the order in which they run. A group is {name, checks, onRequest?}; a check
// is an async function of (world, claim).
import axe from './axe.mjs';
import budgets from './budgets.mjs';
import clipboard from './clipboard.mjs';
import fold from './fold.mjs';
import hosts from './hosts.mjs';
import keyboard from './keyboard.mjs';
import links from './links.mjs';
import noscript from './noscript.mjs';
import offline from './offline.mjs';
import pictures from './pictures.mjs';
import portable from './portable.mjs';
import print from './print.mjs';
import reflow from './reflow.mjs';
import search from './search.mjs';
import serve from './serve.mjs';
import steps from './steps.mjs';
import valid from './valid.mjs';
import ways from './ways.mjs';

export const groups = [
  links, valid, budgets, fold, reflow, axe, keyboard, search, clipboard, steps, ways, noscript, print, portable, offline,
  serve, pictures, hosts,
];
