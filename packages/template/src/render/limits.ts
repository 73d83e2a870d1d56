/** How much one rendering may do (docs/protocols/templates-v1.md, Render). */
export const RenderLimits = {
  outputBytes: 1_048_576,
  /** Levels of includes below the prompt that is rendered. */
  depth: 5,
  /** Includes that are expanded in all, an include within a part once for each time that the part is used. */
  expansions: 1000,
} as const;
