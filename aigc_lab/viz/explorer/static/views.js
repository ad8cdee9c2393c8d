// The views, in the order of their buttons.

import { arcsView } from "./arcs.js";
import { flowView } from "./flow.js";
import { gridView } from "./grid.js";
import { mapView } from "./map.js";

export const VIEWS = [mapView, arcsView, gridView, flowView];
