// Comfort that pages do without: focus, dialogs, menus. Everything works when this never loads.
import "./idle.js";
import "./charts.js";
