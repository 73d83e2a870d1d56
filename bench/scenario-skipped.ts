/** A scenario cannot run here. The message says why. */
export class ScenarioSkipped extends Error {}
