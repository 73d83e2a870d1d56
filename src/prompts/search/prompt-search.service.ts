import { Injectable } from '@nestjs/common';
import type { Caller } from '../../auth/access/principal.js';
import type { SearchPrompts, SearchResult } from '../prompts.dto.js';
import { toPromptSummary } from '../prompts.mapper.js';
import { PromptSearcher } from './prompt-searcher.js';

/** Searches for prompts as `/v1` answers them. */
@Injectable()
export class PromptSearchService {
  constructor(private readonly prompts: PromptSearcher) {}

  async search(query: SearchPrompts, caller: Caller): Promise<SearchResult> {
    const { q = '', limit, offset } = query;
    const found = await this.prompts.search(query, caller);
    return { items: found.map(toPromptSummary), query: q, limit, offset };
  }
}
