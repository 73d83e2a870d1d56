import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '../../common/openapi.decorators.js';
import { Access, PersonOrAdminKey, SignedInWith } from '../../common/http/access.decorator.js';
import { Fails, Returns, Summary } from '../../common/http/documented.decorator.js';
import type { Page } from '../../common/http/page.js';
import { CurrentPrincipal } from '../access/caller.decorator.js';
import type { Principal } from '../access/principal.js';
import {
  KeyBoundElsewhere,
  LastOwner,
  MemberNotFound,
  NotOrganizationOwner,
  OrganizationNotFound,
  SlugTaken,
  UserNotFound,
  WorkspaceNotManageable,
} from '../auth.errors.js';
import { MembershipsService } from './memberships.service.js';
import {
  CreateOrganization,
  Organization,
  OrganizationDetails,
  OrganizationList,
  OrganizationMemberPage,
  OrganizationMemberPath,
  OrganizationPage,
  OrganizationSlug,
  SetOrganizationMember,
  UpdateOrganization,
} from './organizations.dto.js';
import { OrganizationsService } from './organizations.service.js';

const credentialsNote = 'Takes a log-in with a password, or a key with the scope `admin`.';

@ApiTags('Organizations')
@Controller('v1/organizations')
export class OrganizationsController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly memberships: MembershipsService,
  ) {}

  @Get()
  @Access(SignedInWith('prompts:read'))
  @Summary('List one’s organizations', 'Administrators see all of them.')
  @Returns(200, OrganizationList, 'By slug.')
  listOrganizations(@Query({ schema: OrganizationPage }) page: Page, @CurrentPrincipal() caller: Principal) {
    return this.organizations.list(page, caller);
  }

  @Post()
  @Access(PersonOrAdminKey)
  @Summary(
    'Make an organization',
    `The slug must never have belonged to a user or to another organization. ${credentialsNote}`,
  )
  @Returns(201, Organization, 'The organization, with the caller as its owner.')
  @Fails(SlugTaken, KeyBoundElsewhere)
  createOrganization(
    @Body({ schema: CreateOrganization }) organization: CreateOrganization,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.organizations.create(organization, caller);
  }

  @Get(':slug')
  @Access(SignedInWith('prompts:read'))
  @Summary('Read an organization', '`limit` and `offset` are about its members.')
  @Returns(200, OrganizationDetails, 'The organization with its members.')
  @Fails(OrganizationNotFound)
  getOrganization(
    @Param('slug', { schema: OrganizationSlug }) slug: string,
    @Query({ schema: OrganizationMemberPage }) members: Page,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.organizations.get(slug, members, caller);
  }

  @Patch(':slug')
  @Access(PersonOrAdminKey)
  @Summary('Change what an organization’s members may do', `For its owners and for administrators. ${credentialsNote}`)
  @Returns(200, Organization, 'The organization as it is now.')
  @Fails(OrganizationNotFound, NotOrganizationOwner)
  updateOrganization(
    @Param('slug', { schema: OrganizationSlug }) slug: string,
    @Body({ schema: UpdateOrganization }) change: UpdateOrganization,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.organizations.update(slug, change, caller);
  }

  @Put(':slug/members/:user')
  @Access(PersonOrAdminKey)
  @Summary(
    'Add a user to an organization, or change their role',
    `For its owners and for administrators. ${credentialsNote}`,
  )
  @Returns(204, null, 'The user is a member with this role.')
  @Fails(OrganizationNotFound, NotOrganizationOwner, UserNotFound, LastOwner)
  setOrganizationMember(
    @Param({ schema: OrganizationMemberPath }) path: OrganizationMemberPath,
    @Body({ schema: SetOrganizationMember }) input: SetOrganizationMember,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.memberships.set(path, input, caller);
  }

  @Delete(':slug/members/:user')
  @Access(PersonOrAdminKey)
  @Summary(
    'Remove a user from an organization',
    `For its owners and for administrators; members may remove themselves. ${credentialsNote}`,
  )
  @Returns(204, null, 'The user is not a member.')
  @Fails(OrganizationNotFound, NotOrganizationOwner, UserNotFound, MemberNotFound, WorkspaceNotManageable, LastOwner)
  removeOrganizationMember(
    @Param({ schema: OrganizationMemberPath }) path: OrganizationMemberPath,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.memberships.remove(path, caller);
  }
}
